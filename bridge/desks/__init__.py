"""Help-desks with live chats; see `core.ports.Desk`."""
