"""For a WSGI server of your own: `app`. Live text needs gevent; `./mingtang run web` and `run live` bring it along."""

from core.app import create_app

app = create_app()
