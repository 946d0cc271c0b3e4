"""E-mail by SMTP: the letter, its headers, the conversation with the server, and the way out (RFC 8058)."""
