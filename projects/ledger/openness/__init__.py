"""两清两访四公开 and how a project is carried: dated records by kind."""
