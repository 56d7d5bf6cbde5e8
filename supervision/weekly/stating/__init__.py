"""无变化 for one project or all: a dated statement that somebody signs."""
