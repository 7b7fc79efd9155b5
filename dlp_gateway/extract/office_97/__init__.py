"""The formats before 2007: compound files, Word, Excel, PowerPoint, and RTF."""
