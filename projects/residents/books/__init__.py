"""The wing's lists as workbooks that go out filled and come back in (``ledger.books.declaring``)."""
