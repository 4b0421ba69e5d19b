"""The OpenCX AI: contacts, chat sessions, a scripted assistant, webhooks."""
