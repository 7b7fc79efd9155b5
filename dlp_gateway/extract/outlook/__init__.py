"""Messages in Outlook's own forms."""
