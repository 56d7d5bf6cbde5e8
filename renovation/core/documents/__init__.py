"""Documents in and out: the only package that touches openpyxl, calamine and WeasyPrint.

``blocks``    what a document says, as frozen values that page, PDF and workbook render alike
``papers``    whole papers built of blocks: official paper, sheet, approval form; their HTML
``snapshot``  a frozen value as canonical JSON and back, and its digest
``pdf``       HTML to PDF, the same bytes every time, from the fonts of ``static/fonts``
``sheets``    workbooks as frozen values, sheets made of tables
``xlsx``      workbooks out, the same bytes every time
``annotate``  a faulty workbook, its bad cells coloured and commented
``reading``   workbooks in, refused in one Chinese sentence where they cannot be read
``addresses`` "F7" and back

The libraries are imported where they work, so that start-up stays light.
"""
