"""Worker processes that open files, so that a malicious or broken file harms only them (ADR 3).

``process.WorkerProcess`` sends requests, ``worker`` answers them in the process, ``messages`` is the protocol. A worker
answers requests until its standard input ends: a warm one is kept for further requests, any other gets one request.
"""
