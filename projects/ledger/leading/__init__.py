"""领导小组、办公室、责任分工: the posts of the bureau's leading group."""
