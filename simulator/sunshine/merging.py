"""Merging two messaging users: only v1.1 can (SUN-IDN-06).

Facts:
  * The discarded id and its external id reach nobody any more; metadata is united up to 4 kB, the overflow is
    reported (SUN-IDN-08). On conflict the discarded user's value wins (Q-23, switchable).
  * Conversations are kept apart and re-owned, or joined if multi-conversations are off (SUN-IDN-09).
  * The answer is 200 {} and a `user:merge` event follows (Q-22).
"""

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, given
from simulator.sunshine.state import Conversation, User, World
from simulator.sunshine.workspace import Workspace
from simulator.web import Json, Response, json_response


def merge_users(call: Call) -> Response:
    """POST /v1.1/apps/{app}/appusers/merge."""
    body = call.body
    surviving, discarded = (_user(call.world, given(body, name)) for name in ("surviving", "discarded"))
    if surviving is discarded:
        raise errors.bad("surviving and discarded are the same user")
    merge(call.workspace, surviving=surviving, discarded=discarded)
    return json_response({})


def _user(world: World, named: object) -> User:
    user_id = named.get("_id") if isinstance(named, dict) else None
    if user_id not in world.users:
        raise errors.Refused(errors.USER)
    return world.users[user_id]


def merge(workspace: Workspace, *, surviving: User, discarded: User) -> None:
    """Let one user swallow the other and tell the world."""
    world = workspace.world
    shown = {"surviving": views.user_short(surviving), "discarded": views.user_short(discarded)}
    theirs = world.conversations_of(discarded)
    overflow = _unite(world, surviving, discarded)
    for conversation in theirs:
        for participant in conversation.participants:
            participant.user = surviving.id if participant.user == discarded.id else participant.user
        for message in conversation.messages:
            if message.author.get("userId") == discarded.id:
                message.author["userId"] = surviving.id
    del world.users[discarded.id]
    payload: Json = {"mergedUsers": shown, "reason": "api"}
    payload |= {"discardedMetadata": overflow} if overflow else {}
    payload |= _joined(world, surviving, theirs)
    workspace.hooks.emit("user:merge", None, lambda _: payload)


def _unite(world: World, surviving: User, discarded: User) -> Json:
    """Unite what is known of both; return the metadata that found no room."""
    surviving.zendesk_id = surviving.zendesk_id or discarded.zendesk_id
    surviving.identities += [each for each in discarded.identities if each not in surviving.identities]
    discarded_wins = world.switches.merge_wins == "discarded"
    pairs = (surviving, discarded) if discarded_wins else (discarded, surviving)
    surviving.profile = {**pairs[0].profile, **pairs[1].profile}
    united = {**pairs[0].metadata, **pairs[1].metadata}
    overflow: Json = {}
    while metadata.size(united) > metadata.LIMIT:
        name, value = united.popitem()
        overflow[name] = value
    surviving.metadata = united
    return overflow


def _joined(world: World, surviving: User, theirs: list[Conversation]) -> Json:
    """Without multi-conversations there is one conversation: the survivor's takes the other's messages."""
    ours = [each for each in world.conversations_of(surviving) if each not in theirs]
    if world.switches.multi_conversations or not ours or not theirs:
        for conversation in theirs:
            conversation.is_default = conversation.is_default and not ours
        return {}
    kept, dropped = ours[0], theirs[0]
    kept.messages = sorted(kept.messages + dropped.messages, key=lambda each: (each.received, each.id))
    kept.tickets += dropped.tickets
    shown = {
        name: views.conversation_short(world, c) for name, c in (("surviving", kept), ("discarded", dropped))
    }
    del world.conversations[dropped.id]
    return {"mergedConversations": shown}
