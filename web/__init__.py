"""Flask's side that pages share: access, responses, forms, headers, uploads, assets."""
