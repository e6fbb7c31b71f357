"""The annual report in its formats: text, Markdown, Word, Excel, JSON, CSV."""
