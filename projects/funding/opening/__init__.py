"""The pages by which opening money (期初资金) comes in: upload form, template, rules."""
