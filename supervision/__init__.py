"""Weekly facts, judgement, dispatch, visits, letters, council review."""
