"""Foreign posts: what others than Lyhörd write into Elasticsearch, let in by an ingest pipeline.

Kibana shows them beside Lyhörd's own; Lyhörd's search does not: it knows only what its log holds.
"""

from typing import Any, Final

from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store import mapping
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.labels import AUTHOR_ROLES, KINDS, SENTIMENTS
from lyhord.municipalities import all_municipalities

REQUIRED: Final = ("source", "id", "text", "created_at", "municipality")
"""What a foreign post must have; `id` without `source:`."""

# Painless: the messages are what a writer reads in the answer to a bulk request.
_CHECK: Final = """
for (name in params.required) {
  if (!(ctx[name] instanceof String) || (name != 'text' && ctx[name].isEmpty())) {
    throw new IllegalArgumentException('not a post: ' + name + ' must be a text');
  }
}
if (!params.municipalities.contains(ctx.municipality)) {
  throw new IllegalArgumentException('not a post: municipality is no SCB code');
}
if (ctx.author != null && !ctx.author.toString().startsWith('p_')) {
  throw new IllegalArgumentException('not a post: author must be a pseudonym (p_...)');
}
for (entry in params.labels.entrySet()) {
  def value = ctx[entry.getKey()];
  if (value != null && !entry.getValue().contains(value)) {
    throw new IllegalArgumentException('not a post: unknown ' + entry.getKey());
  }
}
if (ctx.sentiment != null && !params.sentiments.contains(ctx.sentiment.label)) {
  throw new IllegalArgumentException('not a post: unknown sentiment.label');
}
ZonedDateTime made;
try { made = ZonedDateTime.parse(ctx.created_at); } catch (Exception e) {
  throw new IllegalArgumentException('not a post: created_at must be RFC 3339 with an offset');
}
ZonedDateTime local = made.withZoneSameInstant(ZoneId.of('Europe/Stockholm'));
String day = local.toLocalDate().toString();
if (ctx.author_role == null) { ctx.author_role = 'unknown'; }
if (!ctx.id.startsWith(ctx.source + ':')) { ctx.id = ctx.source + ':' + ctx.id; }
ctx._id = ctx.id;
ctx.deleted = false;
ctx.held = ['live': true, 'day': day, 'month': day.substring(0, 7)];
"""


def pipeline() -> dict[str, Any]:
    """Make the pipeline that refuses what is no post, and completes what is one."""
    return {
        "description": "Lyhörd: posts that others write; what is no post is refused",
        "processors": [
            {
                "script": {
                    "lang": "painless",
                    "source": " ".join(_CHECK.split()),
                    "params": {
                        "required": list(REQUIRED),
                        "municipalities": [each.code for each in all_municipalities()],
                        "labels": {"author_role": list(AUTHOR_ROLES), "kind": list(KINDS)},
                        "sentiments": list(SENTIMENTS),
                    },
                }
            }
        ],
        "_meta": {"by": "lyhord"},
    }


def template(cluster: Cluster) -> dict[str, Any]:
    """Make the template of the indices that others write, which asks the pipeline of each post."""
    posts = mapping.template(cluster, serving=False)
    settings = posts["template"]["settings"] | {"final_pipeline": cluster.foreign}
    return {
        "index_patterns": [f"{cluster.foreign}-*"],
        "priority": 300,
        "template": {**posts["template"], "settings": settings},
        "_meta": {"by": "lyhord"},
    }


def prepare(client: Elasticsearch, cluster: Cluster) -> None:
    """Put the pipeline, and the template that names it.

    Raises:
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    with cluster.retriable():
        client.ingest.put_pipeline(id=cluster.foreign, **pipeline())
        client.indices.put_index_template(name=cluster.foreign, **template(cluster))
