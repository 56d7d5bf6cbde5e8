"""What a resident's phone reaches. It can run as an instance of its own (HOUSE.md §4.12): it reads the approved
snapshot of a round and writes intake rows, and knows no ledger, no archive and no user."""
