/*
 * A CNI plugin that does nothing: what remains of an ADD through it is the cost of the meta plugin alone.
 *
 * ADD answers with one interface and one address, in the schema of its configuration's cniVersion, so that whoever reads the
 * result has a network-status to write. With "sleepMilliseconds" in its configuration ADD takes that long first. VERSION answers;
 * every other verb succeeds without a word.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CONFIG_LIMIT = 1 << 20, VERSION_LIMIT = 16 };

static int fail(int code, const char *message)
{
    printf("{\"cniVersion\":\"1.0.0\",\"code\":%d,\"msg\":\"null: %s\"}\n", code, message);
    return 1;
}

/* The whole of stdin as text, or NULL when it is longer than any configuration. */
static const char *read_configuration(void)
{
    static char text[CONFIG_LIMIT];
    size_t length = 0;
    ssize_t more;

    while ((more = read(STDIN_FILENO, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)more;
    return more < 0 || length == sizeof text - 1 ? NULL : text;
}

/* Copies the value of the first "cniVersion" member; 0.1.0 is what the specification says a configuration without one has. */
static void read_version(const char *configuration, char version[VERSION_LIMIT])
{
    const char *at = strstr(configuration, "\"cniVersion\"");
    size_t length;

    strcpy(version, "0.1.0");
    if (at == NULL || (at = strchr(at + strlen("\"cniVersion\""), '"')) == NULL)
        return;
    length = strcspn(++at, "\"");
    if (length > 0 && length < VERSION_LIMIT) {
        memcpy(version, at, length);
        version[length] = '\0';
    }
}

static void sleep_as_told(const char *configuration)
{
    static const char key[] = "\"sleepMilliseconds\":";
    const char *at = strstr(configuration, key);
    struct timespec rest;
    long milliseconds;

    if (at == NULL || (milliseconds = strtol(at + strlen(key), NULL, 10)) <= 0)
        return;
    rest.tv_sec = milliseconds / 1000;
    rest.tv_nsec = milliseconds % 1000 * 1000000;
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        ;
}

static int add(const char *version)
{
    const char *name = getenv("CNI_IFNAME");
    const char *netns = getenv("CNI_NETNS");
    const char *family = version[0] == '0' ? "\"version\":\"4\"," : "";

    if (name == NULL || netns == NULL)
        return fail(4, "ADD needs CNI_IFNAME and CNI_NETNS");
    if (strncmp(version, "0.1", 3) == 0 || strncmp(version, "0.2", 3) == 0)
        return fail(1, "results of CNI 0.1.0 and 0.2.0 have no interfaces; use 0.3.0 or later");
    printf("{\"cniVersion\":\"%s\",\"interfaces\":[{\"name\":\"%s\",\"mac\":\"02:00:00:00:00:01\",\"sandbox\":\"%s\"}],"
           "\"ips\":[{%s\"interface\":0,\"address\":\"192.0.2.1/24\"}]}\n", version, name, netns, family);
    return 0;
}

int main(void)
{
    const char *command = getenv("CNI_COMMAND");
    const char *configuration = read_configuration();
    char version[VERSION_LIMIT];

    if (command == NULL)
        return fail(4, "CNI_COMMAND is not set");
    if (configuration == NULL)
        return fail(6, "the configuration on stdin cannot be read or is larger than 1 MB");
    if (strcmp(command, "VERSION") == 0) {
        puts("{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}");
        return 0;
    }
    if (strcmp(command, "ADD") != 0)
        return 0;
    sleep_as_told(configuration);
    read_version(configuration, version);
    return add(version);
}
