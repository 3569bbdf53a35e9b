// What surrounds every page: moving between pages without losing the sound, the player, the keys.
import "../vendor/turbo.js";
import "./frame/navigation.js";
import "./frame/appearance.js";
import "./player/dock.js";
import "./player/triggers.js";
import "./player/gone.js";
import "./player/making.js";
import "./frame/shortcuts.js";
import "./frame/device.js";
