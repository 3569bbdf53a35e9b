"""What every page shares of Flask: access, responses, forms, headers, uploads, assets."""
