"""真实性承诺: its wording with versions, who accepted which, and whether somebody is to be asked."""
