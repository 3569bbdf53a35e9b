// What shares a piece or a group.
import "../admin/copy_field.js";
import "./send_link.js";
import "./share_item.js";
