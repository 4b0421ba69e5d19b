Feature: An agent's file reaches the phone in the way the number allows

  @must @SEED-18 @OCX-SMS-23 @OPEN-15
  Scenario: [1] A number with MMS sends the picture
    Given Maria is in a live chat with Ada
    When Ada sends a picture
    Then Maria receives a picture from the Support number
    And nothing else is sent to anyone

  @must @SEED-18 @OCX-SMS-23 @OPEN-15
  Scenario: [2] A number without MMS sends a link
    Given the Support number cannot carry pictures
    And Maria is in a live chat with Ada
    When Ada sends a picture
    Then Maria receives a link to the picture
    And nothing else is sent to anyone

  @should @OPEN-15
  Scenario: [3] A private picture can be seen on the phone all the same
    Given attachments of the desk are private
    And Maria is in a live chat with Ada
    When Ada sends a private picture
    Then Maria receives a picture from the Support number
    And nothing else is sent to anyone

  @choice @OPEN-15 @OPEN-17
  Scenario: [4] The agent learns that a kind of file was not taken
    Given Maria is in a live chat with Ada
    When Ada sends a spreadsheet
    Then Ada is told about the failed delivery
    And nothing else is sent to anyone

  @should @OPEN-15 @P5
  Scenario: [5] A file is not sent after an opt-out
    Given Maria is in a live chat with Ada
    And Maria has texted "STOP"
    When Ada sends a picture
    Then Ada is told about the opt-out
    And nothing else is sent to anyone

  @choice @OPEN-15 @OCX-ZD-18
  Scenario: [6] The agent learns that a picture was too large
    Given Maria is in a live chat with Ada
    When Ada sends a picture of 6 megabytes
    Then Ada is told about the failed delivery
    And nothing else is sent to anyone
