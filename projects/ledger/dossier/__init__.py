"""One file per project (一项目一档): documents with versions, photographs, what is missing."""
