// What the rooms of admins share.
import "./backup_task.js";
import "./copy_field.js";
import "./room_tabs.js";
