"""How days and numbers are written in languages for which Django says it otherwise than their readers do."""
