"""After-care (长效管理) of estates as pages, figures and workbooks see it."""
