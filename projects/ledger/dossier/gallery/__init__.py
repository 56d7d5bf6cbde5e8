"""Pages of a project's photographs."""
