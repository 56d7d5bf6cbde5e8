"""What waits for somebody, by what it is about; `reports.dashboards.todo` puts it together."""
