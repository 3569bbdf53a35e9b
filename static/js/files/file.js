// The page of a piece.
import "./download_menu.js";
import "./read_along.js";
import "./sentence_menu.js";
import "./bookmarks.js";
import "./find_text.js";
