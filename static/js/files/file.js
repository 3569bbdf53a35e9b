// The page of a piece.
import "../library/drop_downs.js";
import "./chapter_list.js";
import "./download_menu.js";
import "./read_along.js";
import "./reading_settings.js";
import "./sentence_menu.js";
import "./bookmarks.js";
import "./find_text.js";
import "../sharing/share.js";
