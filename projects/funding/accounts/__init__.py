"""Accounts of a project's money: discipline over the chain, statements, pages (专户存储、专账管理、专款专用)."""
