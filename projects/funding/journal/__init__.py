"""The register of money as a workbook that goes out and comes back: entries are only ever added."""
