"""The public's side: notices, questions, objections, and what becomes of them (公告、咨询、异议)."""
