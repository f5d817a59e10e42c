"""For servers of your own: `app` (WSGI) and `celery`. Live text needs gevent: `./mingtang run web` brings it along."""

from core.app import create_app
from core.tasks import celery_of

app = create_app()
celery = celery_of(app)
