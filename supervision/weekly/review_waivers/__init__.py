"""街道审核停用: where a street has one clerk, the bureau is the second person for given days."""
