"""Papers of the lower wings: asked for as rows, made by a worker, kept under the digest of what they say.

A wing compiles what its paper says into a frozen value, as a page would, and asks for the bytes (`services.ask`,
`pages.paper_answer`). What is made once is served at once while the paper says the same. Numbered and signed
papers are `reports.papers`'.
"""
