// The library's page: all that a script adds to its lists.
import "./choosing.js";
import "./dragging.js";
import "./endless_list.js";
import "./find.js";
import "./drop_downs.js";
import "./menu.js";
import "./row_progress.js";
import "./renaming.js";
import "../sharing/share.js";
