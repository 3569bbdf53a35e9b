"""A call of each method of the database, and a database in which each finds something."""

from queries.leases import EXPORTS, IMPORTS, RETAKES

LINES = (EXPORTS, IMPORTS, RETAKES)
SORTS = ("created", "name", "duration", "characters", "progress")
STAGES = ("begun", "new", "finished")
FILTERS = {"category": "g", "voice": "v", "engine": "e", "status": "ready", "since": "2026-01-01"}
NOW = {"now": 1e9}
LIMITS = {"now": 1e9, "idle_s": 10.0, "absolute_s": 20.0}
PART = {
    "position": 0, "text_start": 0, "text_end": 2, "start_ms": 0, "end_ms": 1, "byte_end": 1,
    "frame_end": 1, "words": "",
}  # fmt: skip
PASSKEY = {
    "user_id": 1, "credential_id": "c", "user_handle": "h", "rp_id": "localhost",
    "public_key": b"k", "sign_count": 0, "transports": "[]", "name": "n",
}  # fmt: skip
READING = {
    "text_size": "larger", "line_width": "wide", "line_height": "loose", "typeface": "sans",
    "contrast": "high", "follows_voice": 0,
}  # fmt: skip
PAGE = ("2026-01-01 00:00:00", 5)
DOCUMENT = {
    "title": "t", "author": "a", "language": "en", "source": "epub", "origin": "t.epub",
    "characters": 4, "content": "{}",
}  # fmt: skip
ORIGINAL = {
    "encoding": "windows-1251", "filename": "t.txt", "content_type": "", "content": b"text",
}  # fmt: skip
READY = {"id": 3, "owner_id": 1, "sha256": "old"}
RETAKE = {
    "id": 1, "file_id": 3, "text_start": 0, "text_end": 4, "sha256": "old", "take_id": None,
    "file": {"owner_id": 1, "engine": "e", "voice": "v", "category": ""},
}  # fmt: skip
TAKE = {"text": "text", "content_hash": "hash", "segments": [], "kept": 0}
SHIFT = {"position": 0, "text": 0, "ms": 0, "bytes": 0, "frames": 0}
SOUND = {"duration": 1.0, "size": 9, "sha256": "new"}
JOB = {"id": 1, "owner_id": 1, "engine": "e"}
PROVIDER = {
    "label": "P", "protocol": "speech", "base_url": "http://p", "model": "m", "voices": "[]",
    "price": None, "parallel": 1, "timeout_s": 1.0, "longest_text": None, "monthly_limit": None,
    "allows_own_keys": 1, "is_enabled": 1,
}  # fmt: skip
IMPORT = {
    "name": "book.pdf", "origin": "book.pdf", "content_type": "", "is_long": False, "now": 1.0
}  # fmt: skip
EXPORT = {"options": "{}", "fingerprint": "x", "now": 1e9}
CALLS = {
    "count_heard_files": lambda db: db.count_heard_files(2),
    "count_shares": lambda db: db.count_shares(1),
    "create_share": lambda db: [
        db.create_share(1, file_id=3),
        db.create_share(1, category="g", listener_id=2),
    ],
    "create_share_link": lambda db: db.create_share_link(1, 3, "another", 2e9),
    "delete_share": lambda db: db.delete_share(1, 1),
    "delete_share_link": lambda db: db.delete_share_link(1, 1),
    "drop_old_links": lambda db: db.drop_old_links(1, 1e9),
    "find_linked_file": lambda db: db.find_linked_file("link", 1e9),
    "get_heard_file": lambda db: [db.get_heard_file("ready", 1), db.get_heard_file("ready", 2)],
    "get_heard_library": lambda db: [
        db.get_heard_library(2, search=search, after=after)
        for search in (None, "text")
        for after in (None, ("2999-01-01 00:00:00", 5))
    ],
    "list_listeners": lambda db: db.list_listeners(1),
    "list_share_links": lambda db: [db.list_share_links(1), db.list_share_links(1, 3)],
    "list_shared_files": lambda db: db.list_shared_files(1, [3]),
    "list_shares": lambda db: [
        db.list_shares(1),
        db.list_shares(1, file_id=3),
        db.list_shares(1, category="h"),
    ],
    "move_shares": lambda db: [db.create_group(2, "h"), db.move_shares(1, 2)],
    "note_link_used": lambda db: db.note_link_used(1, 1e9, is_listen=True),
    "add_usage": lambda db: db.add_usage(1, 3, "e", characters=4),
    "group_name": lambda db: db.group_name(1, "Tales"),
    "advance_export": lambda db: db.advance_export(1, "w", 0.5, now=1e9, lease_s=30.0),
    "create_provider": lambda db: db.create_provider("q", PROVIDER),
    "delete_own_key": lambda db: db.delete_own_key(1, 1),
    "delete_own_keys_of": lambda db: db.delete_own_keys_of(1),
    "delete_provider": lambda db: db.delete_provider(1),
    "get_engine_cost": lambda db: db.get_engine_cost("e", 2026, 1),
    "get_own_key": lambda db: db.get_own_key(1, 1),
    "get_provider": lambda db: db.get_provider(1),
    "get_provider_by_name": lambda db: db.get_provider_by_name("p"),
    "list_own_keys": lambda db: db.list_own_keys(1),
    "list_provider_versions": lambda db: db.list_provider_versions(),
    "list_providers": lambda db: db.list_providers(),
    "order_providers": lambda db: db.order_providers([1]),
    "set_own_key": lambda db: db.set_own_key(1, 1, "sealed", "tail"),
    "set_provider_key": lambda db: db.set_provider_key(1, "sealed"),
    "update_provider": lambda db: db.update_provider(1, {"label": "Q"}),
    "claim_export": lambda db: db.claim_export("w", now=1e9, lease_s=30.0),
    "count_waiting_exports": lambda db: db.count_waiting_exports(1),
    "create_export": lambda db: db.create_export(READY, "m4b", name="other", **EXPORT),
    "delete_export": lambda db: db.delete_export(1, 3),
    "drop_unused_exports": lambda db: db.drop_unused_exports(0),
    "finish_export": lambda db: db.finish_export(2, "w2", size=1, now=1e9),
    "get_export": lambda db: db.get_export(1, 3),
    "get_exported_file": lambda db: db.get_exported_file(3),
    "has_export": lambda db: db.has_export("x"),
    "list_exports": lambda db: db.list_exports(3),
    "extend_work": lambda db: [db.extend_work(line, "w", now=1.0, lease_s=30) for line in LINES],
    "fail_work": lambda db: [db.fail_work(line, 1, "w", "{}") for line in LINES],
    "park_work": lambda db: [db.park_work(line, 1, "w") for line in LINES],
    "release_work": lambda db: [db.release_work(line, "w") for line in LINES],
    "wait_work": lambda db: [db.wait_work(line, 1, "w", "disk", until=2.0) for line in LINES],
    "wait_job": lambda db: db.wait_job(1, "w", "disk", until=1.0),
    "create_import": lambda db: db.create_import(1, upload="another", **IMPORT),
    "get_import": lambda db: db.get_import(1, 1),
    "list_imports": lambda db: db.list_imports(1),
    "get_import_place": lambda db: db.get_import_place(2),
    "count_waiting_imports": lambda db: db.count_waiting_imports(1),
    "list_uploads": lambda db: [db.list_uploads(1), db.list_uploads()],
    "has_import": lambda db: db.has_import("first"),
    "delete_import": lambda db: db.delete_import(2, 1),
    "drop_read_imports": lambda db: db.drop_read_imports(0.0),
    "claim_import": lambda db: db.claim_import("w2", now=1.0, lease_s=30),
    "advance_import": lambda db: db.advance_import(1, "w", 1, 2, now=1.0, lease_s=30),
    "finish_import": lambda db: db.finish_import(1, "w", 1),
    "touch_export": lambda db: db.touch_export(1, 1.0),
    "bin_audio_files": lambda db: db.bin_audio_files(1, ["a.mp3"]),
    "clear_history": lambda db: db.clear_history(1),
    "count_files": lambda db: db.count_files(1),
    "create_group": lambda db: db.create_group(1, "Ü"),
    "delete_draft": lambda db: db.delete_draft(1),
    "list_voice_settings": lambda db: db.list_voice_settings(1),
    "save_voice_settings": lambda db: db.save_voice_settings(
        1, "de", engine="e", voice="v", speed=1.5, paragraph_pause_ms=None, now=2.0
    ),
    "delete_voice_settings": lambda db: db.delete_voice_settings(1, "de"),
    "get_reading_settings": lambda db: db.get_reading_settings(1),
    "save_reading_settings": lambda db: db.save_reading_settings(1, READING),
    "move_reading_settings": lambda db: db.move_reading_settings(1, 2),
    "move_voice_settings": lambda db: db.move_voice_settings(1, 2),
    "get_default_voice": lambda db: db.get_default_voice(1),
    "set_default_voice": lambda db: db.set_default_voice(1, "e:v", 1.5),
    "has_natural_voice_question": lambda db: db.has_natural_voice_question(1),
    "close_natural_voice_question": lambda db: db.close_natural_voice_question(1),
    "delete_group": lambda db: [
        db.delete_group(1, "g", with_files=False),
        db.delete_group(1, "h", with_files=True),
    ],
    "delete_playback": lambda db: db.delete_playback(1, 1),
    "find_phrase": lambda db: db.find_phrase(1, "text"),
    "get_draft": lambda db: db.get_draft(1),
    "get_library_version": lambda db: db.get_library_version(1),
    "get_library": lambda db: [
        db.get_library(1, sort=sort, descending=descending, after=after, search=search, **filters)
        for sort in SORTS
        for descending in (True, False)
        for after in (None, ("5", 5))
        for search in (None, "text")
        for filters in ({}, FILTERS, *({"stage": stage} for stage in STAGES))
    ],
    "list_cover_dates": lambda db: db.list_cover_dates([1]),
    "list_begun": lambda db: db.list_begun(1, limit=3),
    "list_recent": lambda db: [
        db.list_recent(1, before=before, **filters)
        for before in (None, (5.0, 5))
        for filters in ({}, {"search": "x", "since": PAGE[0], "until": PAGE[0]})
    ],
    "list_progress": lambda db: db.list_progress(1, [1, 2]),
    "mark_finished": lambda db: db.mark_finished(1, ["a.mp3"]),
    "mark_unheard": lambda db: db.mark_unheard(1, ["a.mp3"]),
    "move_progress": lambda db: db.move_progress(1, 2),
    "get_work": lambda db: db.get_work(1),
    "find_people": lambda db: [db.find_people(), db.find_people("b", after=("a", 1), limit=2)],
    "get_person": lambda db: db.get_person(1),
    "count_without_second_factor": lambda db: db.count_without_second_factor(),
    "count_people": lambda db: db.count_people(),
    "get_person_work": lambda db: db.get_person_work(1),
    "get_person_limits": lambda db: [db.get_person_limits(1), db.get_person_limits(2)],
    "set_person_limits": lambda db: db.set_person_limits(1, daily_characters=5, storage_mb=None),
    "count_added_since": lambda db: db.count_added_since("2026-01-01"),
    "list_failed": lambda db: db.list_failed(),
    "list_work": lambda db: [db.list_work(status) for status in ("queued", "speaking")],
    "set_user_admin": lambda db: db.set_user_admin(1, True),
    "list_bookmarks": lambda db: db.list_bookmarks(1, 1),
    "count_bookmarks": lambda db: db.count_bookmarks(1, 1),
    "find_bookmark": lambda db: db.find_bookmark(1, 1, 0, 9),
    "create_bookmark": lambda db: db.create_bookmark(1, 1, 0, "note"),
    "update_bookmark": lambda db: db.update_bookmark(1, 1, 1, "other"),
    "delete_bookmark": lambda db: db.delete_bookmark(1, 1, 1),
    "move_bookmarks": lambda db: db.move_bookmarks(1, 2),
    "export_bookmarks": lambda db: db.export_bookmarks(1),
    "get_claimed_retake": lambda db: [
        db.claim_retake("w", lease_s=9.0, **NOW),
        db.get_claimed_retake(1, "w"),
    ],
    "get_positions": lambda db: db.get_positions(1, 1),
    "delete_audio_files": lambda db: db.delete_audio_files(1, ["a.mp3"]),
    "delete_user": lambda db: db.delete_user(2),
    "get_usage_by": lambda db: [
        db.get_usage_by(1, by, (2026, 1), (2026, 2))
        for by in ("day", "voice", "category", "engine")
    ],
    "iterate_security_logs": lambda db: list(db.iterate_security_logs()),
    "bin_anew": lambda db: db.bin_anew("2026-01-01", "2026-01-02"),
    "note_clock": lambda db: [db.note_clock(now, 1.0) for now in (1e9, 1e9, 2e9)],
    "beat": lambda db: db.beat("app", 1.0),
    "get_heartbeat": lambda db: db.get_heartbeat("app"),
    "get_longest_wait": lambda db: db.get_longest_wait(),
    "prune_security_logs": lambda db: db.prune_security_logs("2026-01-01"),
    "iterate_usage": lambda db: list(db.iterate_usage(1)),
    "list_filenames": lambda db: db.list_filenames(1),
    "index_text": lambda db: db.index_text(1),
    "list_bin": lambda db: [db.list_bin(1), db.list_bin(1, before=PAGE)],
    "list_expired": lambda db: db.list_expired("2026-01-01"),
    "list_groups": lambda db: db.list_groups(1),
    "list_voices_used": lambda db: db.list_voices_used(1),
    "move_files": lambda db: db.move_files(1, ["a.mp3"], "g"),
    "refuse_taken_name": lambda db: db.refuse_taken_name("new"),
    "rename_group": lambda db: db.rename_group(1, "g", "new"),
    "restore_audio_files": lambda db: db.restore_audio_files(1, ["a.mp3"]),
    "save_draft": lambda db: db.save_draft(1, "text"),
    "save_position": lambda db: db.save_position(1, 1, "phone", 1.0, 1),
    "cancel_job": lambda db: db.cancel_job("a.mp3", 1),
    "checkpoint_job": lambda db: db.checkpoint_job(1, "w", [PART], duration=1.0),
    "claim_job": lambda db: db.claim_job("w", now=1e9, lease_s=30.0),
    "count_users": lambda db: db.count_users(),
    "create_audio_file": lambda db: db.create_audio_file(1, "new", "n", voice="v"),
    "create_first_user": lambda db: db.create_first_user("first", "h"),
    "create_invite": lambda db: db.create_invite("i2", 1, 2e9),
    "create_session": lambda db: db.create_session("t2", 1, device="", ip_address="", **NOW),
    "create_user": lambda db: db.create_user("new", "h"),
    "delete_audio_file": lambda db: db.delete_audio_file("a.mp3", 1),
    "delete_expired_sessions": lambda db: db.delete_expired_sessions(**LIMITS),
    "delete_invite": lambda db: db.delete_invite(1),
    "delete_session": lambda db: db.delete_session(1, 1),
    "delete_sessions": lambda db: db.delete_sessions(1, keep_session_id=1),
    "drop_segments": lambda db: db.drop_segments(1, "w", 0),
    "extend_leases": lambda db: db.extend_leases("w", now=1e9, lease_s=30.0),
    "finish_job": lambda db: db.finish_job(1, "w", duration=1.0, size=1, sha256="x"),
    "begin_purchase": lambda db: db.begin_purchase(JOB, "h2", 1, "f"),
    "copy_segment": lambda db: db.copy_segment("h", "h2", 1, "f"),
    "find_cached_segment": lambda db: db.find_cached_segment(1, "f"),
    "get_cached_segment": lambda db: db.get_cached_segment("h"),
    "give_segment": lambda db: db.give_segment("h", 1, "f"),
    "list_earlier_segments": lambda db: db.list_earlier_segments("e"),
    "list_files_spoken_by": lambda db: db.list_files_spoken_by(1, "e", 9),
    "list_lendable_segments": lambda db: db.list_lendable_segments(["f"], is_shared=True),
    "list_take_hashes": lambda db: [db.list_take_hashes(1), db.list_take_hashes(1, "f")],
    "list_unsettled": lambda db: [db.list_unsettled(), db.list_unsettled(1)],
    "list_unwanted_segments": lambda db: db.list_unwanted_segments(),
    "move_segments": lambda db: db.move_segments(2, 1),
    "note_segment_use": lambda db: db.note_segment_use("h", 1),
    "settle_segments": lambda db: db.settle_segments(1, "e"),
    "unwant_segment": lambda db: db.unwant_segment("h"),
    "forget_cached_segment": lambda db: db.forget_cached_segment("h"),
    "get_all_time_usage": lambda db: db.get_all_time_usage(1),
    "get_audio_file": lambda db: db.get_audio_file("a.mp3", 1),
    "get_audio_files_by_owner": lambda db: [
        db.get_audio_files_by_owner(1, before=before, search=search)
        for before in (None, PAGE)
        for search in (None, "x")
    ],
    "get_failed_login_attempts": lambda db: [
        db.get_failed_login_attempts(username="ann", since=PAGE[0]),
        db.get_failed_login_attempts(ip_address="::1", since=PAGE[0]),
    ],
    "get_invite": lambda db: db.get_invite("i", 1.0),
    "get_job_counts": lambda db: db.get_job_counts(),
    "get_stored_bytes": lambda db: db.get_stored_bytes(1),
    "get_characters_of_day": lambda db: db.get_characters_of_day(1, 2026, 1, 1),
    "get_monthly_usage": lambda db: db.get_monthly_usage(1, 2026, 1),
    "get_playback_history": lambda db: [
        db.get_playback_history(1, before=before, **filters)
        for before in (None, PAGE)
        for filters in ({}, {"search": "x", "since": PAGE[0], "until": PAGE[0]})
    ],
    "get_position": lambda db: db.get_position(1, 1),
    "get_security_logs": lambda db: [
        db.get_security_logs(
            user_id=user_id,
            event_type=event_type,
            before_id=before_id,
            success=success,
            since=since,
            until=since,
        )
        for user_id in (None, 1)
        for event_type in (None, "login")
        for before_id in (None, 1)
        for success in (None, True)
        for since in (None, PAGE[0])
    ],
    "get_segments": lambda db: db.get_segments(1),
    "count_takes": lambda db: db.count_takes(1),
    "find_segment": lambda db: db.find_segment(1, 5),
    "get_segment_end": lambda db: db.get_segment_end(1, 5),
    "list_spans": lambda db: db.list_spans(1, 0, 9, 500),
    "list_words": lambda db: db.list_words(1, 0, 40),
    "get_session": lambda db: db.get_session("t", **LIMITS),
    "get_text": lambda db: db.get_text(1),
    "get_usage_by_month": lambda db: db.get_usage_by_month(1, ["e"]),
    "get_user": lambda db: [db.get_user("ann"), db.get_user("ANN")],
    "get_user_by_id": lambda db: db.get_user_by_id(1),
    "find_audio_file": lambda db: db.find_audio_file("a.mp3"),
    "add_chapters": lambda db: db.add_chapters(1, [("One", 0)]),
    "claim_retake": lambda db: db.claim_retake("w", lease_s=9.0, **NOW),
    "create_document": lambda db: db.create_document(1, **DOCUMENT),
    "create_pronunciation": lambda db: db.create_pronunciation(1, "Ely", "eely"),
    "create_retake": lambda db: db.create_retake(READY, text_start=0, text_end=4),
    "delete_document": lambda db: db.delete_document(1, 1),
    "delete_pronunciation": lambda db: db.delete_pronunciation(1, 1),
    "finish_retake": lambda db: [
        db.claim_retake("w", lease_s=9.0, **NOW),
        db.finish_retake(
            RETAKE, "w", text="text", segments=[PART], take=TAKE, shift=SHIFT, file=SOUND
        ),
    ],
    "forget_retake": lambda db: db.forget_retake(1),
    "has_retakes": lambda db: db.has_retakes(1),
    "is_retake_paused": lambda db: [
        db.claim_retake("w", lease_s=9.0, **NOW),
        db.is_retake_paused(1, "w"),
    ],
    "pause_work": lambda db: db.pause_work(1, "Paused."),
    "resume_retake": lambda db: [db.pause_work(1, "Paused."), db.resume_retake(RETAKE["file_id"])],
    "find_open_sessions": lambda db: db.find_open_sessions({"t"}, **LIMITS),
    "get_chapters": lambda db: db.get_chapters(1),
    "get_document": lambda db: db.get_document(1, 1),
    "get_document_content": lambda db: db.get_document_content(1),
    "get_document_encoding": lambda db: db.get_document_encoding(1),
    "get_document_original": lambda db: db.get_document_original(1),
    "keep_document_original": lambda db: db.keep_document_original(1, **ORIGINAL),
    "forget_document_original": lambda db: db.forget_document_original(1),
    "reread_document": lambda db: db.reread_document(
        1, 1, encoding="koi8-r", title="t", language="", characters=1, content="{}", choices="{}"
    ),
    "get_document_cover": lambda db: db.get_document_cover(1),
    "get_retake": lambda db: db.get_retake(1),
    "get_stop_request": lambda db: db.get_stop_request(1, "w"),
    "get_take": lambda db: db.get_take(3, 1),
    "is_take_wanted": lambda db: db.is_take_wanted("hash"),
    "find_earlier_document": lambda db: db.find_earlier_document(
        db.create_document(1, **DOCUMENT), least=0, most=9
    ),
    "find_named_file": lambda db: db.find_named_file(1, "ready", least=0, most=9),
    "list_document_files": lambda db: db.list_document_files(1, 1),
    "list_documents": lambda db: [db.list_documents(1), db.list_documents(1, before=PAGE)],
    "get_moment": lambda db: db.get_moment(1, 5),
    "get_pronunciation": lambda db: db.get_pronunciation(1, 1),
    "list_pronunciations": lambda db: db.list_pronunciations(1),
    "list_texts_with": lambda db: [
        db.list_texts_with(1, "text", is_whole_word=is_whole_word, after=after)
        for is_whole_word in (True, False)
        for after in (None, PAGE)
    ],
    "update_pronunciation": lambda db: db.update_pronunciation(1, 1, "Ely", "eely"),
    "list_takes": lambda db: db.list_takes(1),
    "count_segments": lambda db: db.count_segments(1),
    "list_deviating_segments": lambda db: db.list_deviating_segments(1),
    "resume_with_voice": lambda db: db.resume_with_voice("failed", 1, "espeak:gmw/en"),
    "set_fallback_voice": lambda db: db.set_fallback_voice(1, "w", "espeak:gmw/en"),
    "set_fallback_rule": lambda db: db.set_fallback_rule(1, "free"),
    "save_resting": lambda db: db.save_resting("e", now=1.0, rest_s=30.0, error="Busy."),
    "forget_resting": lambda db: db.forget_resting("e"),
    "list_resting": lambda db: db.list_resting(),
    "pause_job": lambda db: db.pause_job("a.mp3", 1),
    "speak_next": lambda db: db.speak_next("waiting", 1),
    "set_document_cover": lambda db: db.set_document_cover(1, 1, b"x", "image/png"),
    "update_document": lambda db: db.update_document(1, 1, title="t"),
    "list_categories": lambda db: db.list_categories(1),
    "list_invites": lambda db: db.list_invites(),
    "list_model_notices": lambda db: db.list_model_notices(),
    "list_sessions": lambda db: db.list_sessions(1),
    "list_unfinished": lambda db: [db.list_unfinished(), db.list_unfinished(1)],
    "list_users": lambda db: db.list_users(),
    "log_security_event": lambda db: db.log_security_event("login", user_id=1),
    "merge_users": lambda db: db.merge_users(2, 1),
    "park_job": lambda db: db.park_job(1, "w"),
    "record_playback": lambda db: db.record_playback(1, 1),
    "record_purchase": lambda db: db.record_purchase(JOB, "h2", cost=0.1, size=1, **NOW),
    "record_usage": lambda db: db.record_usage(1, 1, 0.0),
    "register_with_invite": lambda db: db.register_with_invite("i", "new", "h", 1.0),
    "release_jobs": lambda db: db.release_jobs("w"),
    "retry_job": lambda db: db.retry_job("failed", 1),
    "save_model_notices": lambda db: db.save_model_notices("e", {"m": "2027-01-01"}),
    "set_password_hash": lambda db: db.set_password_hash(1, "h"),
    "set_user_active": lambda db: db.set_user_active(1, False),
    "stop_job": lambda db: db.stop_job(1, "w", status="failed", error="x"),
    "touch_session": lambda db: db.touch_session(1, 1.0),
    "update_audio_file": lambda db: db.update_audio_file("a.mp3", 1, display_name="n"),
    "update_last_login": lambda db: db.update_last_login(1),
    "add_passkey": lambda db: db.add_passkey(**PASSKEY | {"credential_id": "c2"}),
    "count_forgotten": lambda db: db.count_forgotten(1),
    "close_alert": lambda db: db.close_alert(1, 1),
    "confirm_second_factor": lambda db: db.confirm_second_factor(1, "sealed", 5),
    "delete_passkey": lambda db: db.delete_passkey(1, 1),
    "delete_passkeys": lambda db: db.delete_passkeys(1),
    "delete_second_factor": lambda db: db.delete_second_factor(1),
    "end_alerted_sessions": lambda db: db.end_alerted_sessions(1, 1),
    "forget_devices": lambda db: db.forget_devices(1),
    "get_passkey": lambda db: db.get_passkey("c"),
    "get_rule": lambda db: db.get_rule("second_factor"),
    "get_second_factor": lambda db: db.get_second_factor(1),
    "has_second_factor": lambda db: db.has_second_factor(1),
    "list_alerts": lambda db: [db.list_alerts(1), db.list_alerts(1, but=1)],
    "list_passkeys": lambda db: [db.list_passkeys(1), db.list_passkeys(1, "localhost")],
    "note_new_device": lambda db: db.note_new_device(1, 1, device="e", ip_address="", **NOW),
    "rename_passkey": lambda db: db.rename_passkey(1, 1, "new"),
    "replace_recovery_codes": lambda db: db.replace_recovery_codes(1, ["a", "b"]),
    "set_rule": lambda db: db.set_rule("second_factor", "admins"),
    "start_second_factor": lambda db: db.start_second_factor(1, "sealed"),
    "use_challenge": lambda db: db.use_challenge("x", expires=2e9, now=1e9),
    "use_passkey": lambda db: db.use_passkey(1, 1, 1e9),
    "use_recovery_code": lambda db: db.use_recovery_code(1, "a"),
    "use_step": lambda db: db.use_step(1, 5),
    "update_playback_position": lambda db: db.update_playback_position(1, 1, 1.0),
}


def fill(db, make_file, *, with_retake=True):
    """One row of everything, and one file in work."""
    db.create_user("bob", "h")
    make_file(text="text", status="queued")
    make_file("failed", status="failed", category="g")
    make_file("ready", text="text", category="h", voice="v2", sha256="old")
    make_file("waiting", text="text", status="queued")
    db.claim_job("w", now=1.0, lease_s=1e9)
    db.create_export(READY, "opus", name="first", **EXPORT)
    db.claim_export("w", now=1.0, lease_s=1e9)
    db.create_export(READY, "wav", name="second", **EXPORT)
    db.claim_export("w2", now=1.0, lease_s=1e9)
    db.create_invite("i", 1, 2e9)
    db.create_session("t", 1, device="", ip_address="", now=1e9)
    db.record_playback(1, 1)
    db.save_position(1, 1, "desk", 1.0, 1, share=0.5)
    db.create_document(1, **DOCUMENT)
    db.create_import(1, upload="first", **IMPORT)
    db.claim_import("w", now=1.0, lease_s=1e9)
    db.create_import(1, upload="second", **IMPORT)
    db.keep_document_original(1, **ORIGINAL)
    db.create_pronunciation(1, "Sean", "shawn")
    db.create_bookmark(1, 1, 0, "note")
    db.create_provider("p", PROVIDER)
    db.set_person_limits(2, daily_characters=1000, storage_mb=50)
    db.add_passkey(**PASSKEY)
    db.start_second_factor(1, "sealed")
    db.create_session("t3", 1, device="", ip_address="", now=1e9)
    db.note_new_device(1, 2, device="d", ip_address="", now=1e9)
    db.write(
        """INSERT INTO takes (id, file_id, text_start, text_end, text, content_hash, segments)
           VALUES (1, 3, 0, 4, 'text', 'hash', '[]')"""
    )
    db.create_share(1, file_id=3, listener_id=2)
    db.create_share(1, category="h")
    db.create_share_link(1, 3, "link", None)
    if with_retake:
        db.create_retake(READY, text_start=0, text_end=4, text="new")
