"""The least that could do the same work: small, honest scripts."""
