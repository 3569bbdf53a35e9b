// The page of a piece.
import "./download_menu.js";
import "./read_along.js";
import "../sharing/share.js";
