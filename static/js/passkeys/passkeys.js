// Pages on which somebody signs in with a passkey, or adds one.
import "./passkey_door.js";
import "./passkey_maker.js";
