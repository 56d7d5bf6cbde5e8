"""The pages by which a workbook comes in and goes out: upload form, template, rules."""
