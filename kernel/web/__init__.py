"""What every web page and API route stands on; imported by ``api``, ``pages`` and ``monitor`` only.

``kernel.web.session`` who asks, as of when, and the sessions of a request · ``kernel.web.replies``
answers with an ETag · ``kernel.web.install`` errors, headers, request ids and host check, added to
an application in one call.
"""
