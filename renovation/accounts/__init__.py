"""Users, organisations and scope: who somebody is and which rows exist for them."""
