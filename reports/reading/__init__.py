"""Reading of published reports and feedback letters in any form: a text becomes lines, each with its kind. Pure."""
