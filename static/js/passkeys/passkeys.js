// Pages on which somebody signs in with a passkey, or adds one.
import "./passkey_login.js";
import "./passkey_add.js";
