// What surrounds every page: moving between pages without losing the sound, the player, the keys.
import "../../vendor/turbo.js";
import "./navigation.js";
import "./refused_form.js";
import "./password_eye.js";
import "./appearance.js";
import "../player/player_dock.js";
import "../player/triggers.js";
import "../player/deleted_files.js";
import "../offline/withdrawn.js";
import "../files/file_progress.js";
import "./shortcuts.js";
import "./device.js";
