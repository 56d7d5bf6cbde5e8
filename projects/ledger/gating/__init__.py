"""Pages of gates: their dates, what keeps them shut, promises, joint reviews, exceptions."""
