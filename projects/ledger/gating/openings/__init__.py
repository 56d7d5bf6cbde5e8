"""Pages of gates that were passed before the portal, until a second person approves them."""
