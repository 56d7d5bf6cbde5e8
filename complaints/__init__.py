"""What residents say, from arrival to closure. Its wings (orders, insight) come with the 12345 work."""
