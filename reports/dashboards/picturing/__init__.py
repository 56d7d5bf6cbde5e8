"""总览 as one picture for a work group."""
