"""Google Gemini, generateContent and streamGenerateContent: the developer API (`gemini`) and Vertex AI (`vertex`)."""
