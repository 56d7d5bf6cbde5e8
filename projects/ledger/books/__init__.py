"""Lists of a programme's year as workbooks that go out filled and come back in (期初导入, 成批维护)."""
